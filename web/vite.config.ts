import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The program embeds what is built; in development the pages come from here and the data from a running
// `coxswain serve` (COX_API says where).
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    outDir: process.env.COX_WEB_OUT ?? '../build/web/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': { target: process.env.COX_API ?? 'http://127.0.0.1:8080' } },
  },
});
