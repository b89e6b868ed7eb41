// The tabs of this browser that show this portal, told of each other's logins.
export const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('sekisho.session');
