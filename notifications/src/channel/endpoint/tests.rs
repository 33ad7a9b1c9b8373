use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::{Endpoint, EndpointPolicy, EndpointRefusal, MAX_ENDPOINT_LENGTH, address_allowed};

fn refusal(text: &str) -> Option<EndpointRefusal> {
    Endpoint::parse(text, &EndpointPolicy::standard()).err()
}

#[test]
fn the_four_known_services_are_accepted() {
    for (text, origin) in [
        ("https://fcm.googleapis.com/fcm/send/cXyz:APA91b-_", "https://fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB",
            "https://updates.push.services.mozilla.com",
        ),
        ("https://web.push.apple.com/QGWT", "https://web.push.apple.com"),
        (
            "https://wns2-par02p.notify.windows.com/w/?token=BQY%2b%3d",
            "https://wns2-par02p.notify.windows.com",
        ),
        ("https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com"),
    ] {
        let endpoint = Endpoint::parse(text, &EndpointPolicy::standard()).expect(text);
        assert_eq!(endpoint.origin(), origin);
        assert_eq!(endpoint.uri().host(), origin.strip_prefix("https://"));
        assert!(!format!("{endpoint:?}").contains("APA91b"), "an endpoint must not print its path");
    }
}

#[test]
fn everything_else_is_refused_for_its_own_reason() {
    use EndpointRefusal as R;
    for (text, expected) in [
        ("", R::Malformed),
        ("fcm.googleapis.com/x", R::Malformed),
        ("//fcm.googleapis.com/x", R::Malformed),
        ("http://fcm.googleapis.com/x", R::Scheme),
        ("HTTPS://fcm.googleapis.com/x", R::Scheme),
        ("ftp://fcm.googleapis.com/x", R::Scheme),
        ("file:///etc/passwd", R::Scheme),
        ("https://user@fcm.googleapis.com/x", R::UserInfo),
        ("https://fcm.googleapis.com@evil.example/x", R::UserInfo),
        ("https://fcm.googleapis.com:pw@evil.example/x", R::UserInfo),
        ("https://fcm.googleapis.com/x#y", R::Fragment),
        ("https://evil.example#@fcm.googleapis.com/", R::Fragment),
        ("https://fcm.googleapis.com:8443/x", R::Port),
        ("https://fcm.googleapis.com:/x", R::Port),
        ("https://fcm.googleapis.com:0443/x", R::Port),
        ("https://fcm.googleapis.com:443:443/x", R::Port),
        ("https://127.0.0.1/x", R::AddressLiteral),
        ("https://127.1/x", R::AddressLiteral),
        ("https://2130706433/x", R::AddressLiteral),
        ("https://0x7f000001/x", R::AddressLiteral),
        ("https://0x7f.0.0.0x1/x", R::AddressLiteral),
        ("https://169.254.169.254/latest/meta-data", R::AddressLiteral),
        ("https://[::1]/x", R::AddressLiteral),
        ("https://[::ffff:127.0.0.1]/x", R::AddressLiteral),
        ("https://localhost/x", R::Host),
        ("https://fcm.googleapis.com.evil.example/x", R::Host),
        ("https://evilfcm.googleapis.com/x", R::Host),
        ("https://push.apple.com/x", R::Host),
        ("https://evilpush.apple.com/x", R::Host),
        ("https://.push.apple.com/x", R::Malformed),
        ("https://fcm.googleapis.com./x", R::Malformed),
        ("https://FCM.googleapis.com/x", R::Malformed),
        ("https:///x", R::Malformed),
        ("https://?fcm.googleapis.com", R::Malformed),
        ("https://fcm.googleapis.com\\@evil.example/x", R::Malformed),
        ("https://fcm.googleapis.com/x y", R::Malformed),
        ("https://fcm.googleapis.com/x\r\nHost: evil", R::Malformed),
        ("https://fcm.googleapis.com/\u{0}", R::Malformed),
        ("https://fcm。googleapis。com/x", R::Malformed),
        ("https://fcm.googleapis%2ecom/x", R::Malformed),
        ("http://127.0.0.1:8080/x", R::Scheme),
        ("http://[::1]:8080/x", R::Scheme),
    ] {
        assert_eq!(refusal(text), Some(expected), "{text:?}");
    }
}

#[test]
fn the_length_is_bounded() {
    let longest = format!("https://fcm.googleapis.com/{}", "x".repeat(MAX_ENDPOINT_LENGTH - 27));
    assert_eq!(longest.len(), MAX_ENDPOINT_LENGTH);
    assert_eq!(refusal(&longest), None);
    assert_eq!(refusal(&format!("{longest}x")), Some(EndpointRefusal::TooLong));
}

#[test]
fn the_loopback_switch_opens_loopback_and_nothing_else() {
    let open = EndpointPolicy::standard().with_loopback(true);
    for (text, origin) in [
        ("http://127.0.0.1:4000/push/1", "http://127.0.0.1:4000"),
        ("http://[::1]:4000/push/1", "http://[::1]:4000"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
    ] {
        assert_eq!(Endpoint::parse(text, &open).expect(text).origin(), origin);
    }
    for text in [
        "http://127.0.0.1/x",
        "http://127.0.0.1:/x",
        "http://127.0.0.1:0/x",
        "http://127.0.0.1:080/x",
        "http://127.0.0.1:65536/x",
        "http://127.0.0.1:80:80/x",
        "http://127.0.0.2:4000/x",
        "http://127.0.0.10:4000/x",
        "http://127.0.0.1.evil.example:4000/x",
        "http://localhost:4000/x",
        "http://10.0.0.1:4000/x",
        "http://192.168.1.1:4000/x",
        "http://169.254.169.254:80/x",
        "http://0.0.0.0:4000/x",
        "http://[::]:4000/x",
        "http://[::ffff:127.0.0.1]:4000/x",
        "http://[fe80::1]:4000/x",
        "http://fcm.googleapis.com/x",
        "http://a@127.0.0.1:4000/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
    ] {
        assert!(Endpoint::parse(text, &open).is_err(), "{text}");
    }
}

#[test]
fn the_allow_list_is_configurable_but_never_a_whole_top_level_domain() {
    let policy = EndpointPolicy::new(["push.example.org", "*.ntfy.example.net"], false).unwrap();
    assert!(Endpoint::parse("https://push.example.org/x", &policy).is_ok());
    assert!(Endpoint::parse("https://a.b.ntfy.example.net/x", &policy).is_ok());
    assert_eq!(Endpoint::parse("https://fcm.googleapis.com/x", &policy).err(), Some(EndpointRefusal::Host));
    for line in [
        "*",
        "*.",
        "*.com",
        "com",
        "",
        "*.*.example.org",
        "push.example.org:444",
        "10.0.0.1",
        "Push.example.org",
        "https://push.example.org",
    ] {
        assert!(EndpointPolicy::new([line], false).is_err(), "{line:?}");
    }
    assert_eq!(EndpointPolicy::new(super::STANDARD_HOSTS, false), Ok(EndpointPolicy::standard()));
}

#[test]
fn the_address_table() {
    for public in [
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "142.250.200.10",
        "2606:4700::1111",
        "2a00:1450:4007:80e::200a",
        "2001:200::1",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
    ] {
        let address: IpAddr = public.parse().unwrap();
        assert!(address_allowed(address, false), "{public}");
        assert!(address_allowed(address, true), "{public}");
    }
    for refused in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.2",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.171",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::2",
        "::7f00:1",
        "::10.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:192.168.1.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
        "5f00::1",
    ] {
        let address: IpAddr = refused.parse().unwrap();
        assert!(!address_allowed(address, false), "{refused}");
        assert!(!address_allowed(address, true), "{refused} with the loopback switch");
    }
    for loopback in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        let address: IpAddr = loopback.parse().unwrap();
        assert!(!address_allowed(address, false), "{loopback}");
        assert!(address_allowed(address, true), "{loopback}");
    }
}

proptest! {
    #[test]
    fn no_private_network_is_ever_allowed(bits: u32, allow_loopback: bool) {
        let address = Ipv4Addr::from(bits);
        let never = address.is_private() || address.is_link_local() || address.is_multicast()
            || address.is_broadcast() || address.is_documentation() || address.is_unspecified();
        prop_assert!(!(never && address_allowed(IpAddr::V4(address), allow_loopback)));
        let in_v6 = IpAddr::V6(address.to_ipv6_mapped());
        prop_assert_eq!(address_allowed(IpAddr::V4(address), allow_loopback), address_allowed(in_v6, allow_loopback));
    }

    #[test]
    fn no_tunnel_leads_to_any_v4_address(bits: u32, allow_loopback: bool) {
        let [a, b, c, d] = Ipv4Addr::from(bits).octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        for address in [
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !high, !low),
        ] {
            prop_assert!(!address_allowed(IpAddr::V6(address), allow_loopback));
        }
        let compatible = Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low);
        prop_assert!(!address_allowed(IpAddr::V6(compatible), false));
    }

    #[test]
    fn outside_global_unicast_nothing_is_allowed(bits: u128) {
        let address = Ipv6Addr::from(bits);
        let mapped = address.to_ipv4_mapped().is_some();
        if !mapped && (bits >> 125) != 1 {
            prop_assert!(!address_allowed(IpAddr::V6(address), false));
        }
    }

    #[test]
    fn an_accepted_endpoint_always_names_a_listed_host(text in "(https?://)?[a-z0-9.:@/\\[\\]-]{0,40}(fcm\\.googleapis\\.com|push\\.apple\\.com|127\\.0\\.0\\.1)[a-z0-9.:@/?-]{0,20}") {
        if let Ok(endpoint) = Endpoint::parse(&text, &EndpointPolicy::standard()) {
            let host = endpoint.uri().host().unwrap_or_default();
            prop_assert!(host == "fcm.googleapis.com" || host.ends_with(".push.apple.com"), "{}", host);
            prop_assert_eq!(endpoint.uri().scheme_str(), Some("https"));
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC*", allow_loopback: bool) {
        let policy = EndpointPolicy::standard().with_loopback(allow_loopback);
        let _ = Endpoint::parse(&text, &policy);
    }
}
