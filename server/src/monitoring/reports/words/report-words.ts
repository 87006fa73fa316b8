import { type ReportWords, reportWordsEn } from './words-en.js';
import { reportWordsJa } from './words-ja.js';

export function reportWords(language: 'en' | 'ja'): ReportWords {
  return language === 'ja' ? reportWordsJa : reportWordsEn;
}
