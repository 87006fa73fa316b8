/** What a look at a part of the system says, in the languages of operators. Names of codes, projects and what others said stay as they are. */
export interface HealthText {
  readonly en: string;
  readonly ja: string;
}

const both = (en: string, ja: string): HealthText => ({ en, ja });

export const healthWords = {
  answers: () => both('answers', '応答あり'),
  standby: () => both('it is a standby: nothing can be written', 'スタンバイのため書き込めません'),
  cutOff: (projects: string) => both(`sending is cut off: ${projects}`, `送信が遮断されています: ${projects}`),
  nobodyAsked: () => both('sending is not cut off; nobody was asked', '遮断なし。送信先には問い合わせていません'),
  provider: (name: string, code: string) => both(`${name}: ${code}`, `${name}: ${code}`),
  offTarget: (figures: readonly HealthText[]) => both(figures.map(({ en }) => en).join('; '), figures.map(({ ja }) => ja).join('、')),
  emergency: () => both('emergency stop', '緊急停止中'),
  paused: () => both('paused', '一時停止中'),
  running: () => both('running', '稼働中'),
  heard: () => both('changes are heard', '変更通知が届いています'),
  late: (seconds: number) => both(`no answer within ${seconds} seconds`, `${seconds} 秒以内に応答がありません`),
  threw: (original: string) => both(`it failed: ${original}`, `失敗しました（原文: ${original}）`),
} as const;
