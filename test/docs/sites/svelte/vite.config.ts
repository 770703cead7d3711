import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { pageOf } from '../printed.js';

export default defineConfig(pageOf('svelte', 'svelte', [svelte({ configFile: false })]));
