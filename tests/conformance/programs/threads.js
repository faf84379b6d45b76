// Coroutines: each resume is a setjmp, each yield a longjmp.
function worker(x) {
  for (;;) {
    try { x = Duktape.Thread.yield(x * 2); } catch (e) { print('worker caught', e.message); x = -1; }
    if (x === 'stop') throw new Error('stopped');
  }
}
var thread = new Duktape.Thread(worker);
print(Duktape.Thread.resume(thread, 1), Duktape.Thread.resume(thread, 5));
print(Duktape.Thread.resume(thread, new Error('from outside'), true));
try { Duktape.Thread.resume(thread, 'stop'); } catch (e) { print('resume threw', e.message); }
try { Duktape.Thread.resume(thread, 1); } catch (e) { print('dead:', e.name); }
function walk(tree) { if (tree) { walk(tree[0]); Duktape.Thread.yield(tree[1]); walk(tree[2]); } }
function build(low, high) {
  if (low > high) return null;
  var middle = (low + high) >> 1;
  return [build(low, middle - 1), middle, build(middle + 1, high)];
}
var sum = 0, walker = new Duktape.Thread(function (t) { walk(t); return null; });
for (var v = Duktape.Thread.resume(walker, build(1, 1000)); v !== null && v !== undefined;
     v = Duktape.Thread.resume(walker)) sum += v;
print(sum);
var ping = [];
for (var i = 0; i < 100; i++) ping.push(new Duktape.Thread(function (n) { for (;;) n = Duktape.Thread.yield(n + 1); }));
var n = 0;
for (var round = 0; round < 50; round++) ping.forEach(function (t) { n = Duktape.Thread.resume(t, n); });
print(n);
