import { genkitInTheBrowser } from 'offshoot/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [genkitInTheBrowser()], build: { minify: false } });
