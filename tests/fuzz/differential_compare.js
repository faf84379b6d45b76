// Runs modules under V8 and compares with what differential_runner wrote beside them. Arguments:
// [--relaxed-traps] FILE.wasm... Exits with 1 and a line for every difference. With
// --relaxed-traps, as for the runner, nothing is compared from the first memory trap of a module
// on: a load that nobody uses may be gone, and all that follows with it.
'use strict';
const fs = require('fs');

const view = new DataView(new ArrayBuffer(8));
const hex = (number, digits) => number.toString(16).padStart(digits, '0');

function bits(type, value) {
  switch (type) {
    case 'i32':
      return hex(value >>> 0, 8);
    case 'i64':
      return hex(BigInt.asUintN(64, value), 16);
    case 'f32':
      view.setFloat32(0, value);
      return hex(view.getUint32(0), 8);
    case 'f64':
      view.setFloat64(0, value);
      return hex(view.getBigUint64(0), 16);
    default:
      return value === null ? 'null' : 'reference';
  }
}

// NaNs are one value: their sign and payload are the engine's choice.
function canonical(type, text) {
  if (type === 'f32' && (parseInt(text, 16) & 0x7fffffff) > 0x7f800000) return 'nan';
  if (type === 'f64' && (BigInt('0x' + text) & 0x7fffffffffffffffn) > 0x7ff0000000000000n) {
    return 'nan';
  }
  return text;
}

// V8's words and the specification's, reduced to what both can tell apart.
const trapKinds = [
  [/unreachable/, 'unreachable'],
  [/(divide|remainder) by zero/, 'divide by zero'],
  // V8 has one message for floats that are too large and for NaN.
  [/integer overflow|unrepresentable|invalid conversion/, 'out of range'],
  [
    /out of bounds memory|memory access out of bounds|segment out of bounds|data segment/,
    'memory bounds'
  ],
  [
    /out of bounds table|table index is out of bounds|table access out|element segment/,
    'table bounds'
  ],
  [/undefined element/, 'table bounds'],
  [/uninitialized element|type mismatch|null function or function signature/, 'indirect call'],
  [/unaligned/, 'unaligned atomic'],
  [/uncaught exception/, 'uncaught exception'],
  [/call stack/i, 'stack'],
  [/expected shared|Atomics.wait cannot be called/, 'not shared'],
];
function trapKind(message) {
  const found = trapKinds.find(([pattern]) => pattern.test(message));
  return found ? found[1] : message;
}

// JavaScript cannot receive a v128; this module hands it on as two i64:
// (func (import "m" "f") (param i64 i64)) (func (export "f") (param v128) ...)
const splitter = new WebAssembly.Module(new Uint8Array([
  0,    97,   115,  109,  1, 0,    0, 0,    1,    10,   2,    0x60, 2,    0x7e, 0x7e,
  0,    0x60, 1,    0x7b, 0, 2,    7, 1,    1,    0x6d, 1,    0x66, 0,    0,    3,
  2,    1,    1,    7,    5, 1,    1, 0x66, 0,    1,    10,   16,   1,    14,   0,
  0x20, 0,    0xfd, 0x1d, 1, 0x20, 0, 0xfd, 0x1d, 0,    0x10, 0,    0x0b,
]));

function makeImport(name, lines) {
  const type = name.replace('log-', '');
  if (type === 'v128') {
    return new WebAssembly
        .Instance(splitter, {
          m: {
            f: (high, low) => lines.push('log v128:' + bits('i64', high) + bits('i64', low)),
          }
        })
        .exports.f;
  }
  return (value) => {
    lines.push(`log ${type}:${canonical(type, bits(type, value))}`);
  };
}

function hashMemory(memory) {
  let hash = 2166136261;
  for (const word of new Uint32Array(memory.buffer)) hash = Math.imul(hash ^ word, 16777619);
  return 'memory ' + hex(hash >>> 0, 8);
}

const zeros = {
  i32: 0,
  i64: 0n,
  f32: 0,
  f64: 0,
  funcref: null,
  externref: null
};
const split = (types) => (types === '-' ? [] : types.split(','));

function canonicalLine(line) {
  const log = line.match(/^log (f32|f64):(\w+)$/);
  if (log) return `log ${log[1]}:${canonical(log[1], log[2])}`;
  const call = line.match(/^(call \S+ \S+ -> (\S+):)(.*)$/);
  if (!call) return line;
  if (call[3].startsWith(' trap ')) return call[1] + ' trap ' + trapKind(call[3]);
  const types = split(call[2]);
  const values = call[3].trim().split(' ').filter((text) => text !== '');
  return call[1] + values.map((text, i) => ' ' + canonical(types[i], text)).join('');
}

// Whether two v128 differ in lanes of this type alone that are NaNs in both: which NaN an operation
// gives is the engine's choice, and nothing tells what the lanes of a logged vector are.
function agreeAsLanes(type, digits, actual, expected) {
  for (let at = 0; at < 32; at += digits) {
    const [a, b] = [actual, expected].map((text) => canonical(type, text.slice(at, at + digits)));
    if (a !== b) return false;
  }
  return true;
}

// An access can be both unaligned and out of bounds, and the specification lets either be said
// first.
function agree(actual, expected) {
  const [a, b] = [actual, expected].map((line) => line.match(/^log v128:(\w{32})$/));
  if (a && b && (agreeAsLanes('f64', 16, a[1], b[1]) || agreeAsLanes('f32', 8, a[1], b[1])))
    return true;
  return actual === expected ||
      actual.replace('trap memory bounds', 'trap unaligned atomic') === expected;
}

// What V8 does, as lines like the runner's. Calls are made from the runner's lines, which know the
// types of the exports.
function runReference(bytes, expected) {
  const lines = [];
  let module;
  try {
    module = new WebAssembly.Module(bytes);
  } catch (error) {
    return ['invalid'];
  }
  const imports = {};
  for (const item of WebAssembly.Module.imports(module)) {
    (imports[item.module] ||= {})[item.name] = makeImport(item.name, lines);
  }
  let instance;
  try {
    instance = new WebAssembly.Instance(module, imports);
  } catch (error) {
    return ['start ' + trapKind(error.message)];
  }
  const {exports} = instance;
  for (const line of expected) {
    const call = line.match(/^call (\S+) (\S+) -> (\S+):/);
    if (!call) continue;
    const [, name, params, results] = call;
    if (exports.hangLimitInitializer) exports.hangLimitInitializer();
    let text;
    try {
      const types = split(results);
      const value = exports[name](...split(params).map((type) => zeros[type]));
      const values = types.length > 1 ? value : [value];
      text = types.map((type, i) => ' ' + canonical(type, bits(type, values[i]))).join('');
    } catch (error) {
      const kind = error instanceof RangeError   ? 'stack' :
          error instanceof WebAssembly.Exception ? 'uncaught exception' :
                                                   trapKind(error.message);
      text = ' trap ' + kind;
    }
    lines.push(`call ${name} ${params} -> ${results}:${text}`);
    // How deep a stack is, is the engine's choice; so is everything after its end.
    if (text === ' trap stack') return lines;
  }
  if (exports.memory) lines.push(hashMemory(exports.memory));
  return lines;
}

// V8 (node 20) compares only the low bits of what a narrow compare-exchange expects; the
// specification scripts want all of them compared. Whether a module may contain one: 0xfe 0x4a to
// 0x4e.
function hasNarrowExchange(bytes) {
  for (let at = bytes.indexOf(0xfe); at >= 0; at = bytes.indexOf(0xfe, at + 1)) {
    if (bytes[at + 1] >= 0x4a && bytes[at + 1] <= 0x4e) return true;
  }
  return false;
}

const files = process.argv.slice(2);
const relaxedTraps = files[0] === '--relaxed-traps';
if (relaxedTraps) files.shift();
const tally = {
  modules: 0,
  invalid: 0,
  calls: 0,
  traps: 0,
  logs: 0,
  hashes: 0,
  excused: 0,
  differences: 0
};
for (const file of files) {
  const resultFile = file.replace(/\.wasm$/, '.result');
  tally.modules++;
  if (!fs.existsSync(resultFile)) {
    console.log(`DIFFERENT: ${file}: no result`);
    tally.differences++;
    continue;
  }
  const expected =
      fs.readFileSync(resultFile, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => canonicalLine(line.replace(/^invalid .*/, 'invalid')))
          .map((line) => line.replace(/^start (.*)/, (_, trap) => 'start ' + trapKind(trap)));
  const bytes = fs.readFileSync(file);
  const actual = runReference(bytes, expected);
  if (relaxedTraps) {
    const trapped = actual.findIndex((line) => /(: trap|^start) memory bounds$/.test(line));
    if (trapped >= 0) actual.length = trapped;
  }
  const stack = actual.findIndex((line) => line.endsWith(' trap stack'));
  for (const line of actual) {
    if (line === 'invalid') tally.invalid++;
    if (line.startsWith('call ')) tally.calls++;
    if (line.includes(': trap ')) tally.traps++;
    if (line.startsWith('log ')) tally.logs++;
    if (line.startsWith('memory ')) tally.hashes++;
  }
  for (let i = 0; i < actual.length; i++) {
    if (i === stack || agree(actual[i], expected[i] ?? '')) continue;
    if (hasNarrowExchange(bytes)) {
      tally.excused++;
      break;
    }
    console.log(`DIFFERENT: ${file}: line ${i + 1}: linden "${expected[i]}", V8 "${actual[i]}"`);
    tally.differences++;
    break;
  }
}
console.log(JSON.stringify(tally));
process.exit(tally.differences === 0 ? 0 : 1);
