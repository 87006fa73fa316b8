/** What `todoku doctor` says around its findings. */
export const doctorEn = {
  summary:
    'look at everything the system stands on, and say what to do; changes nothing, works without a database; exit code 1: something has to be mended',
  marks: { ok: 'ok     ', warn: 'WARN   ', fail: 'FAIL   ', unknown: '?      ' },
  total: (fail: number, warn: number, unknown: number, ok: number) =>
    `${fail} to mend, ${warn} to look at, ${unknown} can't be told, ${ok} ok`,
};
