// Runs a WASI program on node, which is V8.
//
// usage: node run_wasi.mjs [--dir HOST::GUEST] PROGRAM.wasm [ARGUMENT...]
//        node run_wasi.mjs --compile PROGRAM.wasm    prints the milliseconds that compiling takes
import {readFileSync} from 'node:fs';
import {WASI} from 'node:wasi';

const args = process.argv.slice(2);
const preopens = {};
let compileOnly = false;
while (args.length > 0 && args[0].startsWith('--')) {
  const option = args.shift();
  if (option === '--compile') {
    compileOnly = true;
  } else if (option === '--dir') {
    const [host, guest] = args.shift().split('::');
    preopens[guest] = host;
  } else {
    console.error(`run_wasi.mjs: unknown option ${option}`);
    process.exit(2);
  }
}

const bytes = readFileSync(args[0]);
const start = performance.now();
const module = new WebAssembly.Module(bytes);
if (compileOnly) {
  console.log((performance.now() - start).toFixed(3));
} else {
  const wasi = new WASI({version: 'preview1', args, preopens, returnOnExit: false});
  wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
}
