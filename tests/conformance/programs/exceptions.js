// Throws from every kind of place, through C frames of the interpreter too.
function bottom(n) { if (n === 0) throw new TypeError('bottom'); return bottom(n - 1) + 1; }
function attempt(name, f) {
  try { print(name, 'gave', f()); } catch (e) { print(name, 'threw', e instanceof Error ? e.name + ': ' + e.message : e); }
}
for (var i = 0; i < 5; i++) {
  try { bottom(i * 10); } catch (e) { print(e.name, i); } finally { print('finally', i); }
}
attempt('rethrow', function () { try { throw 1; } finally { print('inner finally'); } });
attempt('return in finally', function () { try { throw 1; } finally { return 'returned'; } });
attempt('break in finally', function () { for (;;) { try { throw 1; } finally { break; } } return 'broken'; });
attempt('catch in catch', function () { try { throw 1; } catch (e) { try { throw 2; } catch (f) { return e + f; } } });
attempt('null', function () { return null.x; });
attempt('not callable', function () { return (1)(); });
attempt('absent', function () { return absent; });
attempt('JSON', function () { return JSON.parse('{bad') && 0; });
attempt('syntax', function () { return eval('var ='); });
attempt('RegExp', function () { return new RegExp('('); });
attempt('array length', function () { return new Array(-1); });
attempt('sort', function () { return [3, 1, 2].sort(function () { throw new Error('in sort'); }); });
attempt('replace', function () { return 'abc'.replace(/b/, function () { throw 'in replace'; }); });
attempt('forEach', function () { [1, 2, 3].forEach(function (x) { if (x === 2) throw x; }); });
attempt('getter', function () { return { get x() { throw 'in getter'; } }.x; });
attempt('valueOf', function () { return 1 + { valueOf: function () { throw 'in valueOf'; } }; });
attempt('toJSON', function () { return JSON.stringify({ toJSON: function () { throw 'in toJSON'; } }); });
attempt('constructor', function () { return new (function () { throw 'in constructor'; })(); });
attempt('call', function () { return (function () { throw 'in call'; }).call(null); });
attempt('apply', function () { return Math.max.apply(null, { length: -1 }); });
attempt('bind', function () { return (function (x) { throw x; }).bind(null, 'bound')(); });
attempt('protected', function () { return Duktape.act ? 'acts' : 'does not'; });
attempt('recursion', function () { return (function r() { return r() + 1; })(); });
attempt('deep regular expression', function () { return /(x+x+)+y/.test('xxxxxxxxxxxxxxxxxx'); });
var total = 0;
for (var k = 0; k < 20000; k++) { try { if (k % 3 === 0) throw k; total += 1; } catch (e) { total += e; } }
print(total);
