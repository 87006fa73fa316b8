// Adds up vitest's JSON reports, and refuses runs that skipped something.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const left = sum('numPendingTests') + sum('numTodoTests');
const failed = sum('numFailedTests') + sum('numFailedTestSuites');
if (left > 0) console.error(`${left} tests were skipped: here nothing may be.`);
console.log(`${sum('numPassedTests')} passed, ${failed} failed`);
process.exit(left > 0 || failed > 0 || sum('numPassedTests') === 0 ? 1 : 0);
