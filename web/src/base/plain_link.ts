// A link without a router hook behind it: for tables with thousands of them.
import type { MouseEvent } from 'react';
import { navigate } from 'wouter/use-browser-location';

function follow(event: MouseEvent<HTMLAnchorElement>) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  navigate(event.currentTarget.getAttribute('href') ?? '/');
}

export const linkTo = (href: string) => ({ href, onClick: follow });
