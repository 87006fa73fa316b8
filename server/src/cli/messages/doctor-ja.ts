import type { doctorEn } from './doctor-en.js';

export const doctorJa: typeof doctorEn = {
  summary: 'システムの土台をすべて点検し、対処を示す。何も変更せず、データベースがなくても動く。要修理があれば終了コード 1',
  marks: { ok: '正常  ', warn: '注意  ', fail: '要修理', unknown: '不明  ' },
  total: (fail, warn, unknown, ok) => `要修理 ${fail}、注意 ${warn}、確認できず ${unknown}、正常 ${ok}`,
};
