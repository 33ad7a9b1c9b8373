# An appointment on paper. Others may find it: when and where, and how to say no; never with whom, what for or who runs the service.
slip-title = Appointment
slip-date = When
slip-time = Time
slip-place = Place
slip-by-phone = By phone: you will be called
slip-by-video = By video: the link is in the app
slip-in-app = The address is in the app
slip-cancel = You cannot come? Say so as early as you can, in the app or to whoever gave you this paper. Another time will be found.
