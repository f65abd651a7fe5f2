/**
 * Breadth-first search through everything that processes sharing some files can do to each other.
 *
 * A process is a generator that yields one step at a time, in the order of the code it stands for. The search runs the
 * steps of all processes in every order there is, and kills those that may be killed before every step. Breadth first,
 * so the first thing found wrong has a shortest way to it.
 *
 * A generator can't be copied, but what it does next follows from what its steps have returned. So its place is kept as
 * the list of those answers, in a tree that all states share, and a generator is run through the list once for each
 * branch of the tree.
 */

/** A step: one system call, or something that takes no time between two of them. */
export interface Step<World> {
  /**
   * - `call`: others may run, and the process may be killed, before and after it.
   * - `note`: happens together with the call before it.
   * - `rest`: the end of a call of which others may see the half; no kill comes before it.
   * - `preface`: happens together with the call after it.
   */
  readonly kind: 'call' | 'rest' | 'note' | 'preface';
  readonly name: string;
  /** Changes the world; what it returns is all that the process learns. */
  readonly run: (world: World) => unknown;
  /** Whether it can be taken now; always when missing. */
  readonly when?: (world: World) => boolean;
  /** What it does nothing but look at. */
  readonly looksAt?: string;
}

/** What a process does, step by step. */
export type Course<World, Result = void> = Generator<Step<World>, Result, unknown>;

/** A process. */
export interface Process<World> {
  readonly name: string;
  readonly course: () => Course<World>;
  /** Whether it may be killed. */
  readonly mayDie?: boolean;
}

/** Something in which all processes run. */
export interface Model<World> {
  readonly processes: readonly Process<World>[];
  readonly start: World;
  readonly copy: (world: World) => World;
  /** A text that two worlds have in common if they are the same. */
  readonly text: (world: World) => string;
  /**
   * What nobody changes here. Steps that only look at it always see the same, so they need no turn of their own.
   */
  readonly still?: ReadonlySet<string>;
  /** How many processes may be killed in all. */
  readonly deaths?: number;
  /** What becomes of the world when a process is killed. */
  readonly onDeath?: (world: World, name: string) => void;
  /** What is wrong with a state; looked for in every state. */
  readonly fault: (world: World, moment: Moment) => string | undefined;
  /** More states than this are too many. */
  readonly limit?: number;
}

/** When a state is looked at. */
export interface Moment {
  /** Whether every process has ended or is dead. */
  readonly atRest: boolean;
  readonly dead: readonly string[];
}

/** What a search came to. */
export interface Finding {
  readonly states: number;
  /** What is wrong; `undefined` if nothing ever is. */
  readonly fault: string | undefined;
  /** The shortest way to it, a line a step. */
  readonly trace: readonly string[];
}

/** Runs a step as one system call. */
export function call<World, Result>(
  name: string,
  run: (world: World) => Result,
  when?: (world: World) => boolean,
): Generator<Step<World>, Result, unknown>;
export function* call<World>(
  name: string,
  run: (world: World) => unknown,
  when?: (world: World) => boolean,
): Generator<Step<World>, unknown, unknown> {
  return yield { kind: 'call', name, run, ...(when === undefined ? {} : { when }) };
}

/** Runs a step as one system call that only looks at something; see {@link Model.still}. */
export function look<World, Result>(
  looksAt: string,
  name: string,
  run: (world: World) => Result,
): Generator<Step<World>, Result, unknown>;
export function* look<World>(
  looksAt: string,
  name: string,
  run: (world: World) => unknown,
): Generator<Step<World>, unknown, unknown> {
  return yield { kind: 'call', name, run, looksAt };
}

/** Runs a step that takes no time, together with the call before it. */
export function note<World, Result>(run: (world: World) => Result): Generator<Step<World>, Result, unknown>;
export function* note<World>(run: (world: World) => unknown): Generator<Step<World>, unknown, unknown> {
  return yield { kind: 'note', name: '', run };
}

/** Runs the end of a call of which others may see the half. */
export function* rest<World>(name: string, run: (world: World) => void): Generator<Step<World>, void, unknown> {
  yield { kind: 'rest', name, run };
}

/** Runs a step that takes no time, together with the call after it. */
export function* preface<World>(run: (world: World) => void): Generator<Step<World>, void, unknown> {
  yield { kind: 'preface', name: '', run };
}

/** A place in a process's course: the answers so far, and the step that follows from them. */
interface Place<World> {
  readonly id: number;
  readonly answers: readonly unknown[];
  readonly step: Step<World> | undefined;
  readonly next: Map<string, Place<World>>;
}

const DEAD = -1;
const DEFAULT_LIMIT = 2_000_000;

/** All states in the order in which they were found, as far as their traces need. */
interface Found {
  readonly parents: number[];
  readonly labels: string[];
}

interface Open<World> {
  readonly number: number;
  readonly world: World;
  /** Where each process is; `undefined` for one that was killed. */
  readonly places: readonly (Place<World> | undefined)[];
}

class Search<World> {
  readonly #model: Model<World>;
  readonly #places: Place<World>[] = [];
  readonly #seen = new Set<string>();
  readonly #found: Found = { parents: [], labels: [] };
  #frontier: Open<World>[] = [];
  #next: Open<World>[] = [];

  constructor(model: Model<World>) {
    this.#model = model;
  }

  run(): Finding {
    const { processes, start, copy } = this.#model;
    const world = copy(start);
    const places = processes.map((process) => this.#settle(process, this.#place(process, []), world));
    this.#reach(-1, '', world, places);
    while (this.#next.length > 0) {
      this.#frontier = this.#next;
      this.#next = [];
      for (const open of this.#frontier) {
        const fault = this.#model.fault(open.world, this.#moment(open));
        if (fault !== undefined) return { states: this.#seen.size, fault, trace: this.#trace(open.number) };
        this.#expand(open);
      }
      if (this.#seen.size > (this.#model.limit ?? DEFAULT_LIMIT)) {
        throw new Error(
          `more than ${this.#model.limit ?? DEFAULT_LIMIT} states, one of them by\n${this.#trace(this.#found.labels.length - 1).join('\n')}`,
        );
      }
    }
    return { states: this.#seen.size, fault: undefined, trace: [] };
  }

  #moment({ places }: Open<World>): Moment {
    const { processes } = this.#model;
    return {
      atRest: places.every((place) => place?.step === undefined),
      dead: processes.flatMap(({ name }, index) => (places[index] === undefined ? [name] : [])),
    };
  }

  #expand({ number, world, places }: Open<World>): void {
    const { processes, copy, onDeath, deaths = 0 } = this.#model;
    const died = places.filter((place) => place === undefined).length;
    for (const [index, process] of processes.entries()) {
      const place = places[index];
      if (place?.step === undefined) continue;
      if (place.answers.length > 0 && place.step.kind !== 'rest' && process.mayDie === true && died < deaths) {
        const after = copy(world);
        onDeath?.(after, process.name);
        this.#reach(number, `${process.name} IS KILLED`, after, places.with(index, undefined));
      }
      if (place.step.when?.(world) === false) continue;
      const after = copy(world);
      const { label, arrived } = this.#take(process, place, after);
      this.#reach(number, label, after, places.with(index, arrived));
    }
  }

  /** Takes prefaces, one call, and the notes behind it. */
  #take(process: Process<World>, from: Place<World>, world: World): { label: string; arrived: Place<World> } {
    let place = from;
    for (;;) {
      const { step } = place;
      if (step === undefined) return { label: `${process.name} ends`, arrived: place };
      const answer = step.run(world);
      place = this.#follow(process, place, answer);
      if (step.kind !== 'call' && step.kind !== 'rest') continue;
      const told = answer === undefined ? '' : `: ${JSON.stringify(answer)}`;
      return { label: `${process.name} ${step.name}${told}`, arrived: this.#settle(process, place, world) };
    }
  }

  #settle(process: Process<World>, from: Place<World>, world: World): Place<World> {
    let place = from;
    while (place.step !== undefined && this.#takesNoTurn(place.step))
      place = this.#follow(process, place, place.step.run(world));
    return place;
  }

  #takesNoTurn({ kind, looksAt = '' }: Step<World>): boolean {
    return kind === 'note' || this.#model.still?.has(looksAt) === true;
  }

  #follow(process: Process<World>, place: Place<World>, answer: unknown): Place<World> {
    const key = JSON.stringify(answer) ?? '';
    const known = place.next.get(key);
    if (known !== undefined) return known;
    const made = this.#place(process, [...place.answers, answer]);
    place.next.set(key, made);
    return made;
  }

  #place(process: Process<World>, answers: readonly unknown[]): Place<World> {
    const course = process.course();
    let result = course.next();
    for (const answer of answers) result = course.next(answer);
    const place = {
      // All places at the end are one: what led there matters no more.
      id: result.done === true ? 0 : this.#places.length + 1,
      answers,
      step: result.done === true ? undefined : result.value,
      next: new Map<string, Place<World>>(),
    };
    this.#places.push(place);
    return place;
  }

  #reach(parent: number, label: string, world: World, places: readonly (Place<World> | undefined)[]): void {
    const key = digest(`${places.map((place) => place?.id ?? DEAD).join()} ${this.#model.text(world)}`);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#next.push({ number: this.#found.parents.length, world, places });
    this.#found.parents.push(parent);
    this.#found.labels.push(label);
  }

  #trace(number: number): string[] {
    const trace: string[] = [];
    for (let at = number; at > 0; at = this.#found.parents[at] ?? -1) trace.push(this.#found.labels[at] ?? '');
    return trace.reverse();
  }
}

/** 104 bits of a text, in two parts that are summed differently. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x2545f491;
  let c = 0x9e3779b9;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x5bd1e995) ^ (b >>> 15);
    c = Math.imul(c ^ code, 0x85ebca6b) + (c >>> 13);
  }
  return `${(a >>> 0).toString(36)} ${(b >>> 0).toString(36)} ${(c >>> 0).toString(36)}`;
}

/** Finds the shortest way to something wrong, or that there is none. */
export function search<World>(model: Model<World>): Finding {
  return new Search(model).run();
}

/** Runs a course with nobody else about. */
export function runAlone<World, Result>(course: Course<World, Result>, world: World): Result {
  let result = course.next();
  while (result.done !== true) result = course.next(result.value.run(world));
  return result.value;
}
