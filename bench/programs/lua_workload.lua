-- The script of lua_workload.c. It raises no error and yields nowhere: see no_setjmp/setjmp.h.
local seed = 12345
local function random(limit)
  seed = (seed * 69069 + 1) & 0xffffffff
  return (seed >> 8) % limit
end

local total = 0
local function add(value) total = (total * 31 + value) % 1000000007 end

-- Objects with methods found through metatables.
local Shape = {}
Shape.__index = Shape
function Shape.new(width, height) return setmetatable({width = width, height = height}, Shape) end
function Shape:area() return self.width * self.height end
local Square = setmetatable({}, {__index = Shape})
Square.__index = Square
function Square.new(side) return setmetatable({width = side, height = side}, Square) end

local function objects()
  local sum = 0
  for i = 1, 40000 do
    local shape = i % 3 == 0 and Square.new(i % 100) or Shape.new(i % 50, i % 70)
    sum = sum + shape:area()
  end
  add(sum)
end

local function queens(n)
  local columns, rising, falling, count = {}, {}, {}, 0
  local function place(row)
    if row > n then
      count = count + 1
      return
    end
    for column = 1, n do
      if not columns[column] and not rising[row + column] and not falling[row - column + n] then
        columns[column], rising[row + column], falling[row - column + n] = true, true, true
        place(row + 1)
        columns[column], rising[row + column], falling[row - column + n] = nil, nil, nil
      end
    end
  end
  place(1)
  add(count)
end

local function texts()
  local words = {}
  for i = 1, 3000 do words[i] = string.format("word%d-%x", random(500), i) end
  local text = table.concat(words, " ")
  local counts = {}
  for name, number in text:gmatch("(%a+)(%d+)") do
    local key = name .. number
    counts[key] = (counts[key] or 0) + 1
  end
  local keys = {}
  for key in pairs(counts) do keys[#keys + 1] = key end
  table.sort(keys)
  for i, key in ipairs(keys) do add(counts[key] * i + #key) end
  local changed, times = text:upper():gsub("WORD(%d)", "<%1>")
  add(#changed + times)
  for i = 1, #changed, 9 do add(changed:byte(i)) end
end

local function numbers()
  local x, y = 0.5, 0.25
  for _ = 1, 60000 do
    x, y = x * 0.75 + y * 0.125 + 0.0625, y * 0.5 + math.abs(x - y) * 0.25
  end
  add(math.floor(x * 1e9) + math.floor(y * 1e9))
  local sieve = {}
  for i = 2, 20000 do sieve[i] = true end
  for i = 2, 141 do
    if sieve[i] then for j = i * i, 20000, i do sieve[j] = false end end
  end
  for i = 2, 20000 do if sieve[i] then add(i) end end
end

local function sorting()
  local list = {}
  for i = 1, 8000 do list[i] = {key = random(100000), index = i} end
  table.sort(list, function(a, b)
    if a.key ~= b.key then return a.key < b.key end
    return a.index < b.index
  end)
  for i = 1, #list, 5 do add(list[i].key) end
end

objects()
queens(7)
texts()
numbers()
sorting()
return total
