import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, addGroup, needsReason, needsReasonUnlessDry, onCall } from '../define-command.js';
import { withDatabase } from '../open-database.js';
import { renderPreview } from '../render-preview.js';
import { renderProjects } from './status.js';

const projectNumber = wholeNumber(1, 32_767);

/** `project list | pause | resume`: the provider projects, one by one. */
export function addProject(program: Command, cli: Cli): void {
  const project = addGroup(program, 'project', cli.messages.project.group);
  for (const add of [addList, addPause, addResume]) add(project, cli);
}

function addList(project: Command, cli: Cli): void {
  const command = addCommand(project, 'list', { summary: cli.messages.project.list, example: 'project list' }, cli);
  onCall(command, cli, async () => {
    const { readProjects } = await import('../../monitoring/system-status.js');
    const projects = await withDatabase(cli, (database) => readProjects(database));
    return { data: { projects }, text: renderProjects(projects, cli.messages) };
  });
}

function addPause(project: Command, cli: Cli): void {
  const text = { summary: cli.messages.project.pause, example: `project pause 2 --reason 'the other app is not ready'` };
  const command = needsReason(addCommand(project, 'pause', text, cli), cli).argument('<n>', cli.messages.options.project, projectNumber);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [id]) => {
    const { pauseProject } = await import('../../operations/project-pauses.js');
    const paused = await withDatabase(cli, (database) => pauseProject(database, Number(id), { actor: cli.actor, reason }));
    return { data: paused, text: renderProjects([paused], cli.messages) };
  });
}

/** Says first what would go out; with --dry-run only that. */
function addResume(project: Command, cli: Cli): void {
  const text = { summary: cli.messages.project.resume, example: `project resume 2 --reason 'it is ready'` };
  const command = needsReasonUnlessDry(addCommand(project, 'resume', text, cli), cli, cli.messages.resume.dryRun).argument(
    '<n>',
    cli.messages.options.project,
    projectNumber,
  );
  onCall<{ readonly reason: string; readonly dryRun?: boolean }>(command, cli, async ({ reason, dryRun = false }, [n]) => {
    const { readProject, resumeProject } = await import('../../operations/project-pauses.js');
    const { previewProjectResume } = await import('../../operations/resume-preview.js');
    const id = Number(n);
    return await withDatabase(cli, async (database) => {
      const before = await readProject(database, id);
      const preview = await previewProjectResume(database, id);
      const after = dryRun ? before : await resumeProject(database, id, { actor: cli.actor, reason });
      const said = dryRun ? cli.messages.resume.nothingDone : renderProjects([after], cli.messages);
      return { data: { ...after, dryRun, preview }, text: `${renderPreview(preview, cli.messages)}\n${said}` };
    });
  });
}
