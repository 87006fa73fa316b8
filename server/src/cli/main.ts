import { Command } from 'commander';

const program = new Command('todoku');
program.command('serve').action(() => undefined);
await program.parseAsync();
