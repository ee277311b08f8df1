// Packs the built app: each file as it is, gzip and brotli, and the C table that puts them into the program.
// Also holds the bar: JavaScript before the first screen is at most 250 kB compressed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LIMIT = 250_000;
const out = resolve('../build/web');
const dist = join(out, 'dist');
const packed = join(out, 'packed');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

function walk(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
}

const gzip = (bytes) => gzipSync(bytes, { level: 9 });
const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });

/** Everything the first page loads by itself: the entry and what it imports statically. */
function firstLoad(manifest) {
  const seen = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(chunk.file)) return;
    seen.add(chunk.file);
    (chunk.imports ?? []).forEach(visit);
  };
  Object.keys(manifest).filter((key) => manifest[key].isEntry).forEach(visit);
  return [...seen].filter((file) => file.endsWith('.js'));
}

const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const first = firstLoad(manifest);
const size = (list, pack) => list.reduce((sum, file) => sum + pack(readFileSync(join(dist, file))).length, 0);
const gz = size(first, gzip);
const kb = (n) => (n / 1000).toFixed(1);
console.log(`web: first load ${kb(gz)} kB of JavaScript with gzip (${kb(size(first, brotli))} with brotli), at most ${LIMIT / 1000}`);
if (gz > LIMIT) {
  console.error(`web: the first load is larger than ${LIMIT / 1000} kB: load pages, charts and maps when they are needed`);
  process.exit(1);
}

rmSync(packed, { recursive: true, force: true });
mkdirSync(packed, { recursive: true });
const blobs = [];
const rows = [];
let count = 0;

/** One blob as an assembler's .incbin: compilers take minutes over megabytes of array. */
function blob(bytes) {
  const name = `cox_web_${count++}`;
  const path = join(packed, name);
  writeFileSync(path, bytes);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  blobs.push(`BLOB(${name}, "${path}") /* ${digest} */`);
  return `${name}, ${bytes.length}`;
}

for (const path of walk(dist)) {
  const name = `/${relative(dist, path)}`;
  if (name === '/manifest.json') continue;
  const bytes = readFileSync(path);
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const squeezes = !/\.woff2$/.test(name);
  const [plain, plainSize] = blob(bytes).split(', ');
  const [gzipped, gzippedSize] = squeezes ? blob(gzip(bytes)).split(', ') : ['NULL', '0'];
  const [brotlied, brotliedSize] = squeezes ? blob(brotli(bytes)).split(', ') : ['NULL', '0'];
  rows.push(
    `    {"${name}", "${types[extname(name)] ?? 'application/octet-stream'}", "\\"${etag}\\"", ${plain}, ${gzipped}, ${brotlied},\n` +
      `        ${plainSize}, ${gzippedSize}, ${brotliedSize}, ${name.startsWith('/assets/')}},`,
  );
}

writeFileSync(
  join(out, 'web_files.c'),
  `/* Made by tools/web: the files of the web app. */
#include "serve/web_files.h"

#define BLOB(name, path)                                                                           \\
    __asm__(".pushsection .rodata\\n.balign 16\\n.hidden " #name "\\n.globl " #name "\\n" #name ":\\n"      \\
            ".incbin \\"" path "\\"\\n.popsection\\n");                                                   \\
    extern const unsigned char name[];

${blobs.join('\n')}

const struct cox_web_file cox_web_files[] = {
${rows.join('\n')}
    {0},
};
`,
);
