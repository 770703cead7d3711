import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { pageOf } from '../printed.js';

export default defineConfig(pageOf('vue', 'vue', [vue()]));
