# A WebKitGTK browser for WebKitWebDriver to start and drive. WebKit's own MiniBrowser forgets everything when
# it is driven; this one keeps what it stores in the folder that it is given.
import sys

import gi

gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import Gtk, WebKit2

profile = sys.argv[1]
context = WebKit2.WebContext.new_with_website_data_manager(
    WebKit2.WebsiteDataManager(base_data_directory=f'{profile}/data', base_cache_directory=f'{profile}/cache')
)
context.set_automation_allowed(True)


def open_tab(_session):
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    # A window each, so that no tab hides another: WebKit slows down the timers of hidden pages.
    window = Gtk.Window()
    window.add(view)
    window.show_all()
    view.connect('close', lambda _view: window.destroy())
    return view


def introduce(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name('WebKitGTK')
    info.set_version(
        WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
    )
    session.set_application_info(info)
    session.connect('create-web-view', open_tab)


context.connect('automation-started', introduce)
Gtk.main()
