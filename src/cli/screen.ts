/**
 * A terminal's second screen, drawn over again and again. When it is left, the first one is as it was.
 *
 * The sequences are those of xterm, which terminals of today share (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */

import { formatCount } from './format.ts';
import { type OutputStream, writeTo } from './io.ts';

const CSI = '\u001b[';
const ENTER = `${CSI}?1049h${CSI}?25l${CSI}?7l`; // the other screen, no cursor, no wrapped lines: longer ones are cut
const LEAVE = `${CSI}?7h${CSI}?25h${CSI}?1049l`;
const HOME = `${CSI}H`;
const CLEAR_LINE = `${CSI}K`;
const CLEAR_BELOW = `${CSI}J`;
// Terminals that know it show all between the two at once.
const BEGIN = `${CSI}?2026h`;
const END = `${CSI}?2026l`;

/** The second screen of the terminal behind a stream. */
export class Screen {
  readonly #stream: OutputStream;
  #entered = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  /** Shows `lines` from the top, as many as there is room for, in the place of what was shown. */
  async draw(lines: readonly string[]): Promise<void> {
    // The last row stays free, since what ends there scrolls all others up.
    const room = Math.max(1, (this.#stream.rows || 24) - 1);
    const more = lines.length - room + 1;
    const shown = more > 1 ? [...lines.slice(0, room - 1), `… ${formatCount(more, 'more line')}`] : lines;
    const enter = this.#entered ? '' : ENTER;
    this.#entered = true;
    // Over what is there, line by line: a screen that is cleared first flickers.
    const text = shown.map((line) => `${CLEAR_LINE}${line}`).join('\r\n');
    await writeTo(this.#stream, `${enter}${BEGIN}${HOME}${text}\r\n${CLEAR_BELOW}${END}`);
  }

  /** Goes back to the first screen. Idempotent. */
  async leave(): Promise<void> {
    if (!this.#entered) return;
    this.#entered = false;
    await writeTo(this.#stream, LEAVE);
  }
}
