/** What Vite turns into files of its own. */
declare module '*.css';
