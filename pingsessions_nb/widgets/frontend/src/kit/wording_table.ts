/* Written by write_wording_table.py; do not edit. */

export const WORDING = {
 "severities": [
  "high",
  "medium",
  "low"
 ],
 "kinds": {
  "geovelocity_anomaly": [
   "Geovelocity anomaly",
   "An impossible journey: nobody travels so fast. Somebody else may hold the session or the password; or one of the addresses is a VPN's, or is placed wrongly."
  ],
  "user_location_anomaly": [
   "User location anomaly",
   "An unusual place: the user was never active near there before. A journey explains it, if there was one."
  ],
  "new_device": [
   "New device",
   "The user never had this browser, system and kind of device together before."
  ],
  "ip_velocity": [
   "IP velocity",
   "Many addresses: so many networks in so short a time suggest a proxy, or somebody who hides."
  ],
  "user_velocity": [
   "User velocity",
   "Many users at one address: different people who appear at a new address together suggest one hand behind them."
  ],
  "dormant_return": [
   "Dormant return",
   "A return after long silence: an account that nobody has used for long is worth a question to its owner."
  ],
  "session_replay": [
   "Session replay",
   "A session in other hands: its browser or system became another, or two networks far apart have it in turn. Its cookie was copied, it seems; an archive alone can tell."
  ]
 },
 "unseen": "\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ud800-\udfff",
 "units": [
  [
   86400,
   "d"
  ],
  [
   3600,
   "h"
  ],
  [
   60,
   "min"
  ],
  [
   1,
   "s"
  ]
 ]
} as const;

/* What Python says of some values: tests compare. */
export const SAID = {
 "visible": [
  [
   "plain",
   "plain"
  ],
  [
   "Zo\u00eb \u6771\u4eac \ud83d\udc69",
   "Zo\u00eb \u6771\u4eac \ud83d\udc69"
  ],
  [
   "a\u202eb",
   "a\u27e8202E\u27e9b"
  ],
  [
   "\u001b[31m",
   "\u27e8001B\u27e9[31m"
  ],
  [
   "x\u200ey\u0000",
   "x\u27e8200E\u27e9y\u27e80000\u27e9"
  ],
  [
   "\ufeff\u2066",
   "\u27e8FEFF\u27e9\u27e82066\u27e9"
  ]
 ],
 "briefDuration": [
  [
   0,
   "0 s"
  ],
  [
   0.4,
   "0 s"
  ],
  [
   1,
   "1 s"
  ],
  [
   59.9,
   "59 s"
  ],
  [
   60,
   "1 min"
  ],
  [
   95,
   "1 min 35 s"
  ],
  [
   3600,
   "1 h"
  ],
  [
   3660,
   "1 h 1 min"
  ],
  [
   5400,
   "1 h 30 min"
  ],
  [
   86400,
   "1 d"
  ],
  [
   90000,
   "1 d 1 h"
  ],
  [
   675000,
   "7 d 19 h"
  ],
  [
   40000000,
   "462 d 23 h"
  ]
 ],
 "counted": [
  [
   0,
   "0 sessions"
  ],
  [
   1,
   "1 session"
  ],
  [
   2,
   "2 sessions"
  ],
  [
   1000,
   "1,000 sessions"
  ],
  [
   2345678,
   "2,345,678 sessions"
  ]
 ],
 "kindName": [
  [
   "geovelocity_anomaly",
   "Geovelocity anomaly"
  ],
  [
   "user_location_anomaly",
   "User location anomaly"
  ],
  [
   "new_device",
   "New device"
  ],
  [
   "ip_velocity",
   "IP velocity"
  ],
  [
   "user_velocity",
   "User velocity"
  ],
  [
   "dormant_return",
   "Dormant return"
  ],
  [
   "session_replay",
   "Session replay"
  ],
  [
   "some_other",
   "Some other"
  ]
 ]
} as const;
