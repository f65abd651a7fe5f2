/**
 * Names of signals, as Node's types have them: said here, so that who uses this package in TypeScript needs no types of
 * Node.
 */

type Name =
  | 'ABRT'
  | 'ALRM'
  | 'BREAK'
  | 'BUS'
  | 'CHLD'
  | 'CONT'
  | 'FPE'
  | 'HUP'
  | 'ILL'
  | 'INFO'
  | 'INT'
  | 'IO'
  | 'IOT'
  | 'KILL'
  | 'LOST'
  | 'PIPE'
  | 'POLL'
  | 'PROF'
  | 'PWR'
  | 'QUIT'
  | 'SEGV'
  | 'STKFLT'
  | 'STOP'
  | 'SYS'
  | 'TERM'
  | 'TRAP'
  | 'TSTP'
  | 'TTIN'
  | 'TTOU'
  | 'UNUSED'
  | 'URG'
  | 'USR1'
  | 'USR2'
  | 'VTALRM'
  | 'WINCH'
  | 'XCPU'
  | 'XFSZ';

/** The name of a signal, such as `SIGTERM`. */
export type SignalName = `SIG${Name}`;
