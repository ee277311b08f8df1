export const sales = {
  'sales.deals': 'Deals',
  'sales.accounts': 'Accounts',
  'sales.contacts': 'Contacts',
  'sales.leads': 'Leads',
  'sales.activities': 'Activities',
  'sales.contracts': 'Contracts',
  'sales.products': 'Products',
} as const;
