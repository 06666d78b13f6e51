/** A wait with a limit. */

/** What `work` answers, or `late`; a later answer or failure is nobody's any more. Throws what `work` throws in time. */
export async function bounded<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
