import { defineConfig } from 'vite';

/** The adapter lies outside, and must get the same copy of the SDK as the page. */
export default defineConfig({ resolve: { dedupe: ['@strands-agents/sdk'] } });
