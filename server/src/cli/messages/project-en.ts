/** What `todoku project` says. */
export const projectEn = {
  group: 'provider projects, one by one: list, pause, resume',
  list: 'list them: budget, pause, breaker, back-off, freeze',
  pause: 'send nothing of this project; the others go on, and what comes in waits',
  resume: 'go on sending for this project; says first what would go out',
};
