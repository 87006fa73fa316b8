import type { projectEn } from './project-en.js';

export const projectJa: typeof projectEn = {
  group: '送信先プロジェクトごとの操作: 一覧、一時停止、再開',
  list: '一覧: 上限、一時停止、遮断、待機、凍結',
  pause: 'このプロジェクトだけ送信を止める。他は続き、届いたものは待つ',
  resume: 'このプロジェクトの送信を再開する。先に送信の見込みを示す',
};
