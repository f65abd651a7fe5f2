/**
 * SHA-256 in plain JavaScript (FIPS 180-4), for the first few keys of a process: to load `node:crypto` takes 3 ms, as much
 * as all the rest of a first read.
 */

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const START: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** The same of the cube roots of the first 64 primes. */
const ROUNDS: readonly number[] = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
];

const BLOCK_BYTES = 64;
/** The padding holds a one bit and the length in bits. */
const PADDING_BYTES = 9;

/** SHA-256 of a text's UTF-8: 64 lower-case hexadecimal digits. */
export function sha256InJavaScript(text: string): string {
  const length = Buffer.byteLength(text);
  const padded = Buffer.alloc(Math.ceil((length + PADDING_BYTES) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.write(text);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length);
  view.setUint32(padded.length - 4, length * 8);
  const state = new Int32Array(START);
  const schedule = new Int32Array(ROUNDS.length);
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) addBlock(state, schedule, view, block);
  let digits = '';
  for (const word of state) digits += (word >>> 0).toString(16).padStart(8, '0');
  return digits;
}

function addBlock(state: Int32Array, schedule: Int32Array, view: DataView, start: number): void {
  fillSchedule(schedule, view, start);
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let round = 0; round < ROUNDS.length; round++) {
    const mixedE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const mixedA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const sum = (h + mixedE + chosen + (ROUNDS[round] ?? 0) + (schedule[round] ?? 0)) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + sum) | 0;
    d = c;
    c = b;
    b = a;
    a = (sum + mixedA + majority) | 0;
  }
  const added = [a, b, c, d, e, f, g, h];
  // What an element is set to is taken modulo 2³².
  for (let index = 0; index < added.length; index++) state[index] = (state[index] ?? 0) + (added[index] ?? 0);
}

/** The 16 words of a block, and 48 more made of them. */
function fillSchedule(schedule: Int32Array, view: DataView, start: number): void {
  for (let index = 0; index < 16; index++) schedule[index] = view.getInt32(start + index * 4);
  for (let index = 16; index < schedule.length; index++) {
    const near = schedule[index - 15] ?? 0;
    const last = schedule[index - 2] ?? 0;
    const mixedNear = rotated(near, 7) ^ rotated(near, 18) ^ (near >>> 3);
    const mixedLast = rotated(last, 17) ^ rotated(last, 19) ^ (last >>> 10);
    schedule[index] = (schedule[index - 16] ?? 0) + mixedNear + (schedule[index - 7] ?? 0) + mixedLast;
  }
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
