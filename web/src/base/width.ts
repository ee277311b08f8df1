import { useMediaQuery } from '@mantine/hooks';

export const useIsPhone = () => useMediaQuery('(max-width: 599px)', window.innerWidth < 600, { getInitialValueInEffect: false }) ?? false;
