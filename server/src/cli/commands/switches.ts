import type { Command } from 'commander';
import type { ControlPanel, Controls } from '../../operations/controls.js';
import { onOff } from '../arguments.js';
import type { Cli } from '../cli.js';
import { addCommand, needsReason, needsReasonUnlessDry, onCall } from '../define-command.js';
import { withDatabase } from '../open-database.js';
import { renderPreview } from '../render-preview.js';
import { renderControls } from './status.js';

/** `emergency-stop`, `emergency-resume`, `pushes`: the switches that stop the intake by HTTP as well. */
export function addSwitches(program: Command, cli: Cli): void {
  const { commands } = cli.messages;
  const stop = { summary: commands.emergencyStop, example: `emergency-stop --reason 'a broadcast goes to the wrong people'` };
  const resume = { summary: commands.emergencyResume, example: `emergency-resume --reason 'it is cancelled'` };
  const pushes = { summary: commands.pushes, example: `pushes off --reason 'the feature is withdrawn'` };
  addSwitch(program, 'emergency-stop', stop, cli, (panel, by) => panel.emergencyStop(by));
  addResume(program, resume, cli);
  addSwitch(program, 'pushes', pushes, cli, (panel, by, state) => panel.setPushesEnabled(onOff(state), by)).argument('<on|off>', '', onOff);
}

/** Says first what would go out; with --dry-run only that. */
function addResume(program: Command, text: { readonly summary: string; readonly example: string }, cli: Cli): void {
  const command = needsReasonUnlessDry(addCommand(program, 'emergency-resume', text, cli), cli, cli.messages.resume.dryRun);
  onCall<{ readonly reason: string; readonly dryRun?: boolean }>(command, cli, async ({ reason, dryRun = false }) => {
    const { ControlPanel } = await import('../../operations/controls.js');
    const { previewResume } = await import('../../operations/resume-preview.js');
    return await withDatabase(cli, async (database) => {
      const panel = new ControlPanel(database);
      const preview = await previewResume(database, 'emergency');
      const controls = dryRun ? await panel.read() : await panel.emergencyResume({ actor: cli.actor, reason });
      const text = `${renderPreview(preview, cli.messages)}\n${dryRun ? cli.messages.resume.nothingDone : renderControls(controls, cli.messages)}`;
      return { data: { ...controls, dryRun, preview }, text };
    });
  });
}

type Turn = (panel: ControlPanel, by: { readonly actor: string; readonly reason: string }, state: string) => Promise<Controls>;

function addSwitch(
  program: Command,
  name: string,
  text: { readonly summary: string; readonly example: string },
  cli: Cli,
  turn: Turn,
): Command {
  const command = needsReason(addCommand(program, name, text, cli), cli);
  onCall<{ readonly reason: string }>(command, cli, async ({ reason }, [state = '']) => {
    const { ControlPanel } = await import('../../operations/controls.js');
    const controls = await withDatabase(cli, (database) => turn(new ControlPanel(database), { actor: cli.actor, reason }, state));
    return { data: controls, text: renderControls(controls, cli.messages) };
  });
  return command;
}
