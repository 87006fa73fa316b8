import { setFlagsFromString } from 'node:v8';

/**
 * Lets the old heap double before it is cleaned, where V8 by itself lets it quadruple. A worker keeps some 26 MB, whatever it carries out; all else is
 * rows that lived a little longer than the young heap, and by V8's own rule there were 110 MB of them before it looked. For this process, from now on.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
