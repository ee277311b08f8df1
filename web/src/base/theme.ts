// Mantine wears the tokens: colours are our variables, so light, dark and the hat change in one place.
import { ActionIcon, Button, Input, Menu, Modal, Popover, Select, Tooltip, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

// Ten shades from accent-soft to accent-hover (NOTES.md).
const course: MantineColorsTuple = ['#e8eff8', '#d0deef', '#b9cde6', '#86b2ec', '#86b2ec', '#6d96c8', '#3f6fad', '#1c4f91', '#194784', '#163f75'];
const crew: MantineColorsTuple = ['#ecf3e5', '#d7e5cb', '#c2d7b3', '#a0c985', '#a0c985', '#729a5b', '#55813f', '#3b6b26', '#356122', '#2f561e'];

const pop = { shadow: 'md', radius: 'md', withinPortal: true, transitionProps: { duration: 160, transition: 'fade' as const } };

export function makeTheme(hat: 'course' | 'crew') {
  return createTheme({
    primaryColor: hat,
    primaryShade: { light: 7, dark: 4 },
    autoContrast: true,
    colors: { course, crew },
    fontFamily: 'var(--font)',
    fontFamilyMonospace: 'var(--mono)',
    defaultRadius: 6,
    cursorType: 'pointer',
    focusRing: 'auto',
    respectReducedMotion: true,
    fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '20px' },
    lineHeights: { xs: '14px', sm: '16px', md: '20px', lg: '22px', xl: '28px' },
    spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
    radius: { xs: '4px', sm: '6px', md: '8px' },
    shadows: { md: 'var(--sh-pop)' },
    headings: { fontWeight: '600' },
    components: {
      // Sizes are variables, so that a style sheet can change them (touch, dense places).
      Button: Button.extend({
        defaultProps: { variant: 'default' },
        vars: (_, props) => ({
          root: {
            '--button-height': 'var(--ui-height)',
            '--button-padding-x': '11px',
            '--button-fz': 'var(--ui-size)',
            ...(props.variant === 'filled' ? { '--button-color': 'var(--on-accent)', '--button-bg': 'var(--accent)', '--button-hover': 'var(--accent-hover)' } : {}),
            ...(props.variant === 'subtle' ? { '--button-color': 'var(--ink-2)', '--button-hover': 'var(--sunken)' } : {}),
          },
        }),
      }),
      ActionIcon: ActionIcon.extend({ vars: () => ({ root: { '--ai-size': 'var(--ui-icon)', '--ai-color': 'var(--ink-2)', '--ai-hover': 'var(--sunken)' } }) }),
      Input: Input.extend({
        vars: () => ({ wrapper: { '--input-height': 'var(--ui-height)', '--input-fz': 'var(--ui-input)', '--input-padding': '9px', '--input-radius': 'var(--r2)' } }),
      }),
      Select: Select.extend({ defaultProps: { comboboxProps: pop } }),
      Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withinPortal: true } }),
      Popover: Popover.extend({ defaultProps: pop }),
      Menu: Menu.extend({ defaultProps: pop }),
      Modal: Modal.extend({ defaultProps: { radius: 'md', shadow: 'md', overlayProps: { backgroundOpacity: 0.32 }, transitionProps: { duration: 160, transition: 'fade' } } }),
    },
  });
}

export const resolver: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-hover)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-primary-color-light': 'var(--accent-soft)',
    '--mantine-color-disabled': 'var(--sunken)',
    '--mantine-color-disabled-color': 'var(--ink-3)',
    '--mantine-color-disabled-border': 'var(--hairline)',
  };
  return { variables: {}, light: both, dark: both };
};
