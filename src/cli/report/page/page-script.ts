/**
 * What makes the page handier where scripts run: a choice of theme, tables that sort, numbers that print.
 */

/** Plain JavaScript that touches nothing but the page it stands in. */
export const PAGE_SCRIPT = `
'use strict';
const theme = document.getElementById('theme');
const themes = ['system', 'light', 'dark'];
theme.hidden = false;
theme.addEventListener('click', () => {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme || 'system') + 1) % themes.length];
  document.documentElement.dataset.theme = next;
  theme.textContent = 'Theme: ' + next;
});

const valueOf = (row, at) => {
  const cell = row.cells[at];
  const value = cell.dataset.value ?? cell.textContent;
  return value !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
};
const compare = (one, other) => {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one).localeCompare(String(other));
};
for (const table of document.querySelectorAll('table')) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const isDown = heading.ariaSort === 'descending' || (heading.ariaSort === null && !heading.matches('.figure'));
      for (const each of headings) each.ariaSort = null;
      heading.ariaSort = isDown ? 'ascending' : 'descending';
      const rows = [...table.tBodies[0].rows].sort((one, other) => compare(valueOf(one, at), valueOf(other, at)));
      table.tBodies[0].append(...(isDown ? rows : rows.reverse()));
    });
  });
}

let unfolded = [];
addEventListener('beforeprint', () => {
  unfolded = [...document.querySelectorAll('details.numbers:not([open])')];
  for (const numbers of unfolded) numbers.open = true;
});
addEventListener('afterprint', () => {
  for (const numbers of unfolded) numbers.open = false;
});
`;
