// What the bundled style sheet goes through: the rules of the dark theme are given a second time for readers who leave
// the choice to their system, and rules for classes that no page uses are dropped (Tabler has some 5,000 of them).

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import postcss from 'postcss';

const dark = '[data-bs-theme=dark]';
const auto = '[data-bs-theme=auto]';

// followSystem is a PostCSS plugin: what holds under the dark theme also holds under "auto" on a dark system.
const followSystem = {
  postcssPlugin: 'follow-system',
  Once(root) {
    root.walkRules((rule) => {
      const wanted = rule.selectors.filter((s) => s.replaceAll(/["']/g, '').includes(dark));
      if (wanted.length === 0 || rule.parent.name === 'keyframes') return;
      const twin = rule.clone({ selectors: wanted.map((s) => s.replaceAll(/["']/g, '').replaceAll(dark, auto)) });
      const media = postcss.atRule({ name: 'media', params: 'screen and (prefers-color-scheme: dark)' });
      media.append(twin);
      rule.after(media);
    });
  },
};

// words collects everything in the pages' sources that could be a class name.
export function words(folder, found = new Set()) {
  for (const name of readdirSync(folder)) {
    if (name === 'node_modules' || name === 'dist' || name.startsWith('.')) continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) words(path, found);
    else if (/\.tmpl$|app\.js$/.test(name) || (/\.go$/.test(name) && /web/.test(folder))) {
      for (const word of readFileSync(path, 'utf8').match(/[A-Za-z][\w-]*/g) ?? []) found.add(word);
    }
  }
  return found;
}

function dropUnused(used) {
  const usable = (selector) =>
    [...selector.replaceAll(/:not\([^)]*\)/g, '').matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].every(([, name]) => used.has(name));
  return {
    postcssPlugin: 'drop-unused',
    OnceExit(root) {
      root.walkRules((rule) => {
        if (rule.parent.name?.endsWith('keyframes')) return;
        const kept = rule.selectors.filter(usable);
        if (kept.length === 0) rule.remove();
        else if (kept.length < rule.selectors.length) rule.selectors = kept;
      });
      root.walkAtRules(/^(media|supports)$/, (at) => {
        if (at.nodes?.length === 0) at.remove();
      });
      const text = root.toString();
      root.walkAtRules(/keyframes$/, (at) => {
        if (!new RegExp(`animation[^;{}]*[ :,]${at.params}\\b`).test(text)) at.remove();
      });
    },
  };
}

export function finish(css, used) {
  return postcss([followSystem, dropUnused(used)]).process(css, { from: undefined }).css;
}
