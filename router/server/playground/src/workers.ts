// The addresses of Monaco's workers; build.mjs fills them in.
declare const WORKERS: Record<string, string>;

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker(_id: string, label: string) {
      const address = WORKERS[`${label}.js`] ?? WORKERS['editor.js']!;
      return new Worker(new URL(address, window.location.href), { type: 'module' });
    },
  },
});
