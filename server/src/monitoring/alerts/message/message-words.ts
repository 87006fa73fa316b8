import type { ResolvedWhy } from '../alert-types.js';
import type { NoticeAlert } from '../notice-types.js';
import type { Severity } from '../severity.js';

/** What messages say, in one language. Names of rules, figures and commands are the same in all. */
export interface MessageWords {
  readonly severities: Readonly<Record<Severity, string>>;
  readonly changes: Readonly<Record<NoticeAlert['change'], string>>;
  readonly resolvedWhy: Readonly<Record<ResolvedWhy, string>>;
  /** How many begin or go on, how many are over. */
  readonly firing: (n: number) => string;
  readonly over: (n: number) => string;
  readonly more: (n: number) => string;
  readonly test: string;
  readonly testText: string;
  readonly wholeSystem: string;
  readonly value: string;
  readonly noData: string;
  readonly limit: (comparison: 'above' | 'below', threshold: string) => string;
  readonly since: string;
  readonly until: string;
  readonly about: string;
  readonly first: string;
  readonly page: string;
  readonly acknowledge: string;
  readonly on: string;
  readonly off: string;
  readonly units: Readonly<Record<'ms' | 's' | 'min' | 'h' | 'd', string>>;
  /** IANA zone that people are told times in, beside UTC. */
  readonly zone: { readonly name: string; readonly abbreviation: string };
}

export const englishWords: MessageWords = {
  severities: { page: 'PAGE', warn: 'WARNING', info: 'INFO' },
  changes: { firing: 'FIRING', reminder: 'STILL FIRING, not acknowledged', resolved: 'OVER' },
  resolvedWhy: {
    cleared: 'the value is good again',
    gone: 'what it was about is no more',
    disabled: 'the rule was switched off',
    removed: 'the rule was removed',
  },
  firing: (n) => (n === 1 ? '1 alert' : `${n} alerts`),
  over: (n) => `${n} over`,
  more: (n) => `… and ${n} more: npx todoku alerts`,
  test: 'Test of the alert route',
  testText: 'Messages of Todoku arrive here. Nothing is wrong.',
  wholeSystem: 'the whole system',
  value: 'value',
  noData: 'no data',
  limit: (comparison, threshold) => (comparison === 'above' ? `(at most ${threshold})` : `(at least ${threshold})`),
  since: 'since',
  until: 'until',
  about: 'about',
  first: 'run first',
  page: 'what to do',
  acknowledge: 'I am on it',
  on: 'on',
  off: 'off',
  units: { ms: ' ms', s: ' s', min: ' min', h: ' h', d: ' days' },
  zone: { name: 'UTC', abbreviation: 'Z' },
};

export const japaneseWords: MessageWords = {
  severities: { page: '緊急', warn: '警告', info: '情報' },
  changes: { firing: '発生', reminder: '継続中（未確認）', resolved: '解消' },
  resolvedWhy: {
    cleared: '値が戻りました',
    gone: '対象がなくなりました',
    disabled: 'ルールが無効にされました',
    removed: 'ルールが削除されました',
  },
  firing: (n) => `アラート ${n} 件`,
  over: (n) => `解消 ${n} 件`,
  more: (n) => `… ほか ${n} 件: npx todoku alerts`,
  test: 'アラート通知先のテスト',
  testText: 'Todoku のアラートはここに届きます。問題は起きていません。',
  wholeSystem: 'システム全体',
  value: '値',
  noData: 'データなし',
  limit: (comparison, threshold) => (comparison === 'above' ? `（上限 ${threshold}）` : `（下限 ${threshold}）`),
  since: '開始',
  until: '終了',
  about: '対象',
  first: 'まず実行',
  page: '対応手順',
  acknowledge: '対応を始める',
  on: 'オン',
  off: 'オフ',
  units: { ms: ' ミリ秒', s: ' 秒', min: ' 分', h: ' 時間', d: ' 日' },
  zone: { name: 'Asia/Tokyo', abbreviation: 'JST' },
};
