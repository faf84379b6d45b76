// Writes a random module, as text, that throws and catches: binaryen's generator knows no
// exceptions. Arguments: SEED. Its exports are called by differential_runner; all calls end,
// because loops and calls use up what `hangLimitInitializer` gives out.
'use strict';

// mulberry32
let state = Number(process.argv[2]) | 0;
function random(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}
const pick = (list) => list[random(list.length)];

const kinds = ['i32', 'i64', 'f32', 'f64', 'v128'];
// Every frame holds several values of each kind.
const perKind = 4;
const tags = [['i32'], ['i64', 'f64'], [], ['v128', 'i32'], ['f32', 'i64', 'i32', 'f64', 'v128']];
const functions = 6;
const local = (kind) => `$${kind}${random(perKind)}`;
const get = (kind) => `(local.get ${local(kind)})`;

function value(kind) {
  switch (kind) {
    case 'i32':
      return pick([
        () => get('i32'),
        () => `(i32.const ${random(100) - 50})`,
        () => `(i32.add ${get('i32')} ${get('i32')})`,
        () => `(i32.wrap_i64 ${get('i64')})`,
        () => `(i32.xor ${get('i32')} (i32x4.extract_lane ${random(4)} ${get('v128')}))`,
      ])();
    case 'i64':
      return pick([
        () => get('i64'),
        () => `(i64.const ${random(1000)})`,
        () => `(i64.mul ${get('i64')} (i64.extend_i32_s ${get('i32')}))`,
      ])();
    case 'f32':
      return `(f32.convert_i32_s ${get('i32')})`;
    case 'f64':
      return pick([() => get('f64'), () => `(f64.convert_i64_s ${get('i64')})`])();
    default:
      return pick([
        () => `(i32x4.add ${get('v128')} (i32x4.splat ${get('i32')}))`,
        () => `(i64x2.splat ${get('i64')})`,
      ])();
  }
}

const condition = () => `(i32.and ${value('i32')} (i32.const ${pick([1, 2, 3, 4])}))`;

// What is open around a statement: {label, caught}; a `rethrow` may name those with `caught`.
function statements(open, depth) {
  let text = '';
  for (let n = 1 + random(depth > 3 ? 2 : 4); n > 0; n--) text += statement(open, depth) + '\n';
  return text;
}

function thrown(tag) {
  return `(throw $t${tag} ${tags[tag].map(value).join(' ')})`;
}

function assignment() {
  const kind = pick(kinds);
  return `(local.set ${local(kind)} ${value(kind)})`;
}

function call() {
  const f = random(functions);
  return pick([
    () => `(local.set ${local('i32')} (call $f${f} ${value('i32')} ${value('v128')}))`,
    () => `(local.set ${local('i32')} (call_indirect (type $f) ${value('i32')} ${value('v128')} ` +
        `(i32.const ${f})))`,
    () => `(local.set ${local('i32')} (call_indirect (type $f) ${value('i32')} ${value('v128')} ` +
        `(i32.and ${get('i32')} (i32.const 7))))`,
  ])();
}

function tryBlock(open, depth) {
  const label = `$l${open.length}`;
  const inside = [...open, {label}];
  const body = `(do ${statements(inside, depth + 1)})`;
  if (random(4) === 0) return `(try ${label} ${body} (delegate ${random(open.length + 1)}))`;
  let clauses = '';
  const caught = [...open, {label, caught: true}];
  for (let n = random(3); n > 0; n--) {
    const tag = random(tags.length);
    const values = tags[tag].map((kind) => `(local.set ${local(kind)})`).reverse().join(' ');
    clauses += `(catch $t${tag} ${values} ${statements(caught, depth + 1)})\n`;
  }
  if (random(3) === 0) clauses += `(catch_all ${statements(caught, depth + 1)})\n`;
  return `(try ${label} ${body} ${clauses})`;
}

function statement(open, depth) {
  const rethrowable = open.filter((item) => item.caught);
  if (rethrowable.length > 0 && random(5) === 0) {
    return `(if ${condition()} (then (rethrow ${pick(rethrowable).label})))`;
  }
  const simple = [
    assignment,
    assignment,
    assignment,
    call,
    call,
    call,
    () => `(call $log (local.get ${local('i32')}))`,
    () => `(if ${condition()} (then ${thrown(random(tags.length))}))`,
  ];
  if (depth > 4 || random(2) === 0) return pick(simple)();
  const label = `$l${open.length}`;
  const inside = [...open, {label}];
  return pick([
    () => tryBlock(open, depth),
    () => tryBlock(open, depth),
    () => tryBlock(open, depth),
    () => thrown(random(tags.length)),
    () => `(block ${label} ${statements(inside, depth + 1)} (br_if ${label} ${condition()}) ` +
        `${statements(inside, depth + 1)})`,
    () => `(loop ${label} ${statements(inside, depth + 1)} ` +
        `(br_if ${label} (i32.and (call $tick) ${condition()})))`,
    () => `(if ${condition()} (then ${statements(open, depth + 1)}) (else ` +
        `${statements(open, depth + 1)}))`,
    () => `(if ${condition()} (then (return ${value('i32')})))`,
    () => `(if ${condition()} (then (return_call $f${random(functions)} ${value('i32')} ` +
        `${value('v128')})))`,
  ])();
}

const locals = kinds.map(
    (kind) => Array.from({length: perKind}, (_, i) => `(local $${kind}${i} ${kind})`).join(' '));
let text = `(module
  (type $f (func (param i32 v128) (result i32)))
  (import "env" "log-i32" (func $log (param i32)))
  ${tags.map((types, i) => `(tag $t${i} (param ${types.join(' ')}))`).join(' ')}
  (table 7 funcref)
  (elem (i32.const 0) ${tags.map((_, i) => `$f${i}`).join(' ')} $f${functions - 1})
  (memory (export "memory") 1)
  (global $fuel (mut i32) (i32.const 0))
  (func (export "hangLimitInitializer") (global.set $fuel (i32.const 200)))
  (func $tick (result i32)
    (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
    (i32.gt_s (global.get $fuel) (i32.const 0)))
`;
for (let f = 0; f < functions; f++) {
  text += `(func $f${f} (param $p i32) (param $q v128) (result i32) ${locals.join(' ')}
    (local.set $i320 (local.get $p)) (local.set $v1280 (local.get $q))
    (if (i32.eqz (call $tick)) (then (return (i32.const ${f}))))
    ${statements([], 0)}
    (i32.store (i32.const ${8 * f}) ${value('i32')})
    (i64.store (i32.const ${8 * f + 64}) ${value('i64')})
    (i32.add ${value('i32')} ${value('i32')}))
  (func (export "run${f}") (result i32)
    (call $f${f} (i32.const ${random(200)}) (v128.const i32x4 1 2 3 ${random(100)})))
`;
}
console.log(text + ')');
