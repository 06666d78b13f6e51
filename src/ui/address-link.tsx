/** An address that opens the side panel on the page where it stands. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface AddressLinkProps {
  ip: string;
  className?: string;
  /** Instead of the address itself, e.g. a shortened one. */
  children?: ReactNode;
}

export function AddressLink({ ip, className, children }: AddressLinkProps) {
  return (
    <Link
      to="."
      search={(before: Record<string, unknown>) => ({ ...before, address: ip })}
      className={className}
      title={ip}
    >
      {children ?? ip}
    </Link>
  );
}
