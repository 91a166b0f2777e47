/** Required before a program: those of its processes that compute get stuck in synchronous work soon after they began. */
if (process.argv[1]?.endsWith('worker.cjs'))
  setTimeout(() => {
    for (;;);
  }, 300)
