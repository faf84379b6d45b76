// The script of duktape_workload.c, in ECMAScript 5. It throws nothing: see no_setjmp/setjmp.h.
(function() {
var seed = 12345;
function random(limit) {
  seed = (seed * 69069 + 1) % 4294967296;
  return Math.floor(seed / 65536) % limit;
}

var total = 0;
function add(value) {
  total = (total * 31 + value) % 1000000007;
}

function numbers() {
  var i, j, sum = 0, prime, primes = 0;
  for (i = 2; i < 1500; i++) {
    prime = true;
    for (j = 2; j * j <= i; j++) {
      if (i % j === 0) {
        prime = false;
        break;
      }
    }
    if (prime) {
      primes++;
      sum += i;
    }
  }
  for (i = 0; i < 15000; i++) sum = (sum + (i ^ (i >> 3))) | 0;
  add(primes);
  add(Math.abs(sum));
}

function strings() {
  var i, text = '', parts, joined;
  for (i = 0; i < 700; i++) text += 'word' + random(50) + ' ';
  parts = text.split(' ');
  joined = parts.reverse().join('-').toUpperCase();
  for (i = 0; i < joined.length; i += 3) add(joined.charCodeAt(i));
  for (i = 0; i < 400; i++) add(joined.indexOf('WORD' + (i % 60)) + 2);
}

function objects() {
  var i, table = {}, keys, count = 0;
  for (i = 0; i < 6000; i++) {
    var key = 'k' + random(400);
    table[key] = (table[key] || 0) + i;
  }
  keys = Object.keys(table).sort();
  for (i = 0; i < keys.length; i++) count += table[keys[i]] % (i + 2);
  add(count);
  var text = JSON.stringify(table);
  add(text.length);
  add(Object.keys(JSON.parse(text)).length);
}

function closures() {
  function counter(step) {
    var value = 0;
    return {
      next: function() {
        value += step;
        return value;
      }
    };
  }
  var list = [], i, sum = 0;
  for (i = 0; i < 50; i++) list.push(counter(i));
  for (i = 0; i < 12000; i++) sum += list[i % 50].next();
  add(sum % 1000003);
  add(list.map(function(c) {
            return c.next();
          })
          .filter(function(v) {
            return v % 2 === 0;
          })
          .reduce(function(a, b) {
            return a + b;
          }, 0));
}

function Shape(size) {
  this.size = size;
}
Shape.prototype.area = function() {
  return this.size * this.size;
};
function Circle(size) {
  this.size = size;
}
Circle.prototype = new Shape(0);
Circle.prototype.area = function() {
  return 3 * this.size * this.size;
};
function prototypes() {
  var shapes = [], i, sum = 0;
  for (i = 0; i < 200; i++) shapes.push(random(2) ? new Shape(i) : new Circle(i));
  for (i = 0; i < 10000; i++) sum = (sum + shapes[i % 200].area()) % 65537;
  add(sum);
}

function patterns() {
  var i, text = '', match, pattern = /([a-z]+)(\d{1,3})\s*=\s*"([^"]*)"/g, count = 0;
  for (i = 0; i < 60; i++) text += 'name' + random(999) + ' = "value ' + random(99) + '"; ';
  while ((match = pattern.exec(text)) !== null) count += match[1].length * match[2].length;
  add(count);
  add(text.replace(/\d+/g, function(d) {
            return '<' + d + '>';
          }).length);
}

function sorting() {
  var i, list = [];
  for (i = 0; i < 1000; i++) list.push({key: random(500), order: i});
  list.sort(function(a, b) {
    return a.key - b.key || a.order - b.order;
  });
  for (i = 0; i < list.length; i += 5) add(list[i].order);
}

numbers();
strings();
objects();
closures();
prototypes();
patterns();
sorting();
return total;
})();
