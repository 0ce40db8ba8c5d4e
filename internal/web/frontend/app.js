// Script only improves: pages are whole without it. It follows the server's events (htmx swaps what the server has
// drawn again), shows whether they flow, and takes "/" to the search box.

import htmx from 'htmx.org/dist/htmx.esm.js';
import 'htmx.org/dist/ext/hx-sse.js';

// The indicator in the header is the live element's own: it says connected, or that the page has stopped moving.
function live(state) {
  document.documentElement.dataset.live = state;
}

document.addEventListener('htmx:sse:after:connection', () => live('on'));
document.addEventListener('htmx:sse:after:message', () => live('on'));
for (const name of ['htmx:sse:error', 'htmx:sse:close']) document.addEventListener(name, () => live('off'));

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.('input, textarea, select, [contenteditable]')) return;
  const box = document.getElementById('search');
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// A menu that is open closes on Escape and on a click elsewhere; without script it closes on its own button.
function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (menu !== except) menu.open = false;
}
document.addEventListener('click', (event) => closeMenus(event.target.closest('details.menu')));
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.activeElement?.closest('details.menu[open]');
  closeMenus();
  open?.querySelector('summary').focus();
});

// A choice that sends its form at once with script has a button for readers without.
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
});

export default htmx;
