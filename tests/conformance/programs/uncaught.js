print('before');
function thrower() { throw new RangeError('nobody catches this'); }
thrower();
