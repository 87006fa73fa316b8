import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  define: { FAILPOINTS: 'true' },
  resolve: {
    alias: { '@todoku/simulator': path('./simulator/src/simulator.ts') },
  },
  test: {
    include: ['server/**/*.test.ts', 'simulator/**/*.test.ts', 'bench/**/*.test.ts', 'chaos/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/dist-failpoints/**'],
    globalSetup: './server/test/support/global-setup.ts',
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
