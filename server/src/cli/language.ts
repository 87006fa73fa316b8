import type { Environment } from '../config/load-config.js';
import { en, type Messages } from './messages/en.js';
import { ja } from './messages/ja.js';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

/** `--lang` wins, then what the environment says of messages. Read before the arguments are parsed: the help itself is in that language. */
export function chooseLanguage(argv: readonly string[], env: Environment): Language {
  const at = argv.indexOf('--lang');
  const said = at >= 0 ? argv[at + 1] : argv.find((argument) => argument.startsWith('--lang='))?.slice('--lang='.length);
  const asked = said ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG);
  return asked?.startsWith('ja') === true ? 'ja' : 'en';
}

export function messagesIn(language: Language): Messages {
  return language === 'ja' ? ja : en;
}
