/**
 * What the page of a report is asked in the browser. The tests are not compiled for one, so each is an expression as
 * text; an empty list is as it should be.
 */

/** What is wider than the card, tile or heading that it stands in. */
export const STICKING_OUT = `(() => {
  const found = [];
  for (const box of document.querySelectorAll('.card, .tile, header, footer')) {
    const { left, right } = box.getBoundingClientRect();
    for (const element of box.querySelectorAll('*')) {
      // Hidden from the eye, kept for readers of tables.
      if (element.closest('thead')?.offsetWidth === 1) continue;
      const own = element.getBoundingClientRect();
      if (own.width > 1 && (own.left < left - 1 || own.right > right + 1)) found.push(element.outerHTML.slice(0, 120));
    }
  }
  return found;
})()`;

/** Texts of one picture that lie over each other. */
export const OVERLAPPING = `(() => {
  const found = [];
  for (const picture of document.querySelectorAll('svg.picture')) {
    const texts = [...picture.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [at, [name, one]] of texts.entries()) {
      for (const [otherName, other] of texts.slice(at + 1)) {
        const isApart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top + 2 || other.bottom <= one.top + 2;
        if (!isApart) found.push(name + ' / ' + otherName);
      }
    }
  }
  return found;
})()`;

/** Texts and shapes of pictures whose contrast against their card is less than WCAG 2 asks for. */
export const LOW_CONTRAST = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = (color) => channels(color).reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0.05);
  const found = new Set();
  const check = (elements, least, property) => {
    for (const element of elements) {
      const color = getComputedStyle(element)[property];
      const back = getComputedStyle(element.closest('.card') ?? document.body).backgroundColor;
      const [low, high] = [luminance(color), luminance(back)].sort((one, other) => one - other);
      if (high / low < least) found.add(element.getAttribute('class') + ' ' + color + ' on ' + back);
    }
  };
  check(document.querySelectorAll('.picture text'), 4.5, 'fill');
  check(document.querySelectorAll('.picture rect:not(.track), .picture circle, .swatch rect'), 3, 'fill');
  check(document.querySelectorAll('.rate-line, .axis'), 3, 'stroke');
  return [...found];
})()`;
