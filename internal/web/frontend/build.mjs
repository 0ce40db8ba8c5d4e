// Builds what the pages load into ../dist: app.css, app.js, map.json and licenses.json. Run it with `npm ci` and
// `npm run build` in this folder. It reads nothing from the network.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { leagues, projection } from './map.mjs';
import { finish, words } from './style.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const dist = join(here, '..', 'dist');
const target = ['chrome123', 'firefox120', 'safari17.5']; // the first ones with light-dark(), which Tabler needs
mkdirSync(dist, { recursive: true });

// A capability's style lies in its own web folder beside its templates: noun/nounweb/*.css.
function styles() {
  const found = [];
  for (const noun of readdirSync(root)) {
    const folder = join(root, noun, `${noun}web`);
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort()) if (name.endsWith('.css')) found.push(join(folder, name));
  }
  return found;
}

// Tabler is cut down to the classes that pages use; our own styles are all used, some by names that templates compose.
const tabler = finish(readFileSync(join(here, 'node_modules/@tabler/core/dist/css/tabler.css'), 'utf8'), words(root));
const ours = await build({
  stdin: { contents: ['./app.css', ...styles()].map((path) => `@import ${JSON.stringify(path)};`).join('\n'), resolveDir: here, loader: 'css' },
  bundle: true, write: false, charset: 'utf8', target, logLevel: 'warning',
});
const minified = await transform(`${tabler}\n${ours.outputFiles[0].text}`, { loader: 'css', minify: true, target, charset: 'utf8', legalComments: 'none' });
writeFileSync(join(dist, 'app.css'), minified.code);

const js = await build({
  entryPoints: [join(here, 'app.js')],
  bundle: true, write: false, metafile: true, minify: true, format: 'iife', charset: 'utf8', target, legalComments: 'none', logLevel: 'warning',
});
writeFileSync(join(dist, 'app.js'), js.outputFiles[0].text);

const mapSource = 'echarts/map/json/province/neimenggu.json';
const map = {
  source: mapSource,
  projection,
  leagues: leagues(JSON.parse(readFileSync(join(here, 'node_modules', mapSource), 'utf8'))),
};
writeFileSync(join(dist, 'map.json'), JSON.stringify(map));

// What went into the files above, for `guomen version`.
const inputs = [...Object.keys(js.metafile.inputs), 'node_modules/@tabler/core', `node_modules/${mapSource}`];
const packages = new Set(inputs.map((path) => path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
const licenses = [...packages].sort().map((name) => {
  const { version, license } = JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8'));
  return { package: name, version, license };
});
writeFileSync(join(dist, 'licenses.json'), JSON.stringify(licenses, null, 2) + '\n');

for (const name of ['app.css', 'app.js', 'map.json', 'licenses.json']) {
  console.error(`${name.padEnd(14)}${String(statSync(join(dist, name)).size).padStart(8)} bytes`);
}
