import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { pageOf } from '../printed.js';

export default defineConfig(pageOf('react', 'tsx', [react()]));
