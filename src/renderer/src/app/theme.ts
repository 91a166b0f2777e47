/** How the window looks: a quiet frame; only data has colour. */
import { createTheme, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#eef3fb',
  '#d9e4f4',
  '#b0c7e6',
  '#84a8d8',
  '#5f8ecd',
  '#487dc6',
  '#2f68b4',
  '#245697',
  '#1c4b87',
  '#0d3d73',
]

/** Menus and tooltips are inside the page's main landmark: outside all landmarks, screen readers do not find them. */
const FLOATING = { target: '#floating' }

export const theme = createTheme({
  primaryColor: 'accent',
  // White text on this shade is readable in both themes (contrast 5.6 to 1).
  primaryShade: { light: 6, dark: 6 },
  autoContrast: true,
  colors: { accent },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "JetBrains Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '5px', md: '6px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '18px' }, h2: { fontSize: '15px' }, h3: { fontSize: '14px' } },
  },
  components: {
    // The title has the text colour: orange on an orange tint is too faint.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    // Mantine's own descriptions are two pixels smaller than our smallest size and too pale for small text.
    InputWrapper: {
      styles: {
        description: { fontSize: 'var(--mantine-font-size-xs)', color: 'var(--quiet)' },
        error: { fontSize: 'var(--mantine-font-size-xs)' },
      },
    },
    Textarea: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { portalProps: FLOATING, withArrow: true, openDelay: 300, multiline: true, maw: 360 } },
    Table: { defaultProps: { verticalSpacing: 5, horizontalSpacing: 'sm' } },
    Menu: { defaultProps: { portalProps: FLOATING, withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    // Mantine's are <header>, but the page already has one.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
  },
})
