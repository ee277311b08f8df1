import { useEffect } from 'react';

/** What the tab and the history of the browser call the page. */
export function useTitle(title: string | null | undefined) {
  useEffect(() => {
    document.title = title ? `${title} · Coxswain` : 'Coxswain';
  }, [title]);
}
