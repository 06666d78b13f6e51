/** The backend container's health check: exit 0 while `/api/v1/health` says that fail2ban answers. The image has no curl. */
const port = process.env['BANGUI_PORT'] ?? '8000';
try {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/health`, {
    signal: AbortSignal.timeout(9_000),
  });
  process.stdout.write(`${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stdout.write(`BanGUI does not answer on port ${port}: ${reason}\n`);
  process.exitCode = 1;
}
